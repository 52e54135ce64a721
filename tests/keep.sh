#!/bin/sh
# Runs a server for as long as its own standard input stays open, then stops it and removes its
# folder. The tests hold the other end of that pipe. However they end, even by SIGKILL, the system
# closes the pipe; so no server is ever left behind, and nothing has to be cleaned up by hand.
# Usage: keep.sh SIGNAL FOLDER command...
signal=$1 folder=$2
shift 2

exec 3<&0
"$@" </dev/null 3<&- &
server=$!

# Again and again: a server that is still starting may not hear the first one.
{
    read -r _ <&3
    while kill -s "$signal" "$server"; do sleep 2; done
} 2>/dev/null &
watch=$!

wait "$server"
result=$?
kill "$watch" 2>/dev/null
rm -rf "$folder"
exit "$result"
