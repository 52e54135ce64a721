"""Which column of a spreadsheet is what, guessed from its header in English or Spanish."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Column(StrEnum):
    """What a column of a spreadsheet can hold."""

    TITLE = "title"
    KIND = "kind"
    DAY = "day"
    DATE = "date"
    START = "start"
    END = "end"
    UNTIL = "until"
    EVERY = "every"
    PLACE = "place"
    ADDRESS = "address"
    CITY = "city"
    CAPACITY = "capacity"
    DESCRIPTION = "description"
    LANGUAGE = "language"
    TAGS = "tags"
    LINK = "link"


_SAID = {
    Column.TITLE: "title|name|event|event name|event title|group|group name|meeting|meeting name"
    "|what|summary|subject|titulo|nombre|evento|nombre del evento|grupo|reunion|que|asunto",
    Column.KIND: "kind|type|event type|category|tipo|clase|categoria|tipo de evento",
    Column.DAY: "day|days|weekday|weekdays|day of week|day of the week|dow|repeats|when|rhythm"
    "|frequency|recurrence|dia|dias|dia de la semana|dias de la semana|cuando|frecuencia|se repite",
    Column.DATE: "date|start date|first date|starts on|begins|begin date|on|fecha|fecha de inicio"
    "|primera fecha|empieza el|fecha inicial|inicia",
    Column.START: "start|start time|starts|starts at|time|from|begin|begin time|hour|hora|inicio"
    "|hora de inicio|comienzo|empieza|desde|horario",
    Column.END: "end|end time|ends|ends at|to|finish|finish time|fin|hora de fin|termina|final"
    "|hasta las|hora final|hora de termino",
    Column.UNTIL: "until|end date|last date|ends on|through|hasta|fecha de fin|ultima fecha"
    "|fecha final|termina el|hasta el",
    Column.EVERY: "every|every n weeks|interval|weeks apart|every weeks|cada|intervalo|cada semanas"
    "|cada n semanas|cada cuantas semanas",
    Column.PLACE: "place|location|venue|where|room|site|building|lugar|ubicacion|sede|donde|sitio"
    "|salon|local",
    Column.ADDRESS: "address|street|street address|full address|direccion|calle|domicilio",
    Column.CITY: "city|town|ciudad|pueblo|localidad|municipio",
    Column.CAPACITY: "capacity|seats|places|max|maximum|limit|spots|size|capacidad|cupo|cupos"
    "|lugares|plazas|maximo|aforo",
    Column.DESCRIPTION: "description|details|notes|about|info|information|descripcion|detalles"
    "|notas|informacion|sobre",
    Column.LANGUAGE: "language|languages|lang|spoken|idioma|idiomas|lengua",
    Column.TAGS: "tags|tag|keywords|labels|topics|topic|etiquetas|etiqueta|palabras clave|temas"
    "|tema",
    Column.LINK: "link|online link|url|zoom|zoom link|meeting link|web|website|online|video link"
    "|conference url|enlace|enlace en linea|vinculo|liga|en linea|sitio web",
}
_BY_NAME = {name: column for column, names in _SAID.items() for name in names.split("|")}


def plain(text: str) -> str:
    """Lower case, without accents and punctuation."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(one for one in letters if not unicodedata.combining(one))
    return " ".join(re.findall(r"[a-z0-9]+", letters))


def fields_of(header: list[str]) -> list[str]:
    """What each column seems to be, '' for none; nothing is guessed twice."""
    found: list[str] = []
    for name in header:
        column = _BY_NAME.get(plain(name), "")
        found.append("" if column in found else str(column))
    return found
