"""The shop window: finished public responses, kept in memory and given out by edition.

The public side is a function of the address, the local date and the edition. An operation that
changes what the public sees calls `touch()` as its last step. Whoever made the change sees it with
the next request; others on any process within half a second, in which what is asked for much is
rendered before it is shown (`turnover`).

What a view promises, by headers of its response:

- `Cache-Control: public, …` on a 200 says that everyone gets these same bytes. Only this is kept,
  and only without `Set-Cookie`, without `Content-Encoding` and without a `Vary` on anything but
  `Accept-Encoding`. A view answers an address with parameters it does not know by `no-store`.
- `X-Groundswell-Valid-Until: <unix seconds>` says from when the response no longer holds. It
  never leaves the house.
- `Last-Modified` is kept and answers `If-Modified-Since`. Any `ETag` is replaced by a hash of the
  content, equal on every host, one for each encoding.
- A private 200 with an `ETag` of the view's own is compressed and answered by 304 likewise, and
  never kept. Everything else passes as it is.

A kept response is rendered without the visitor's cookies, languages, encodings, ranges and
conditions, and HEAD is rendered as GET: nothing of one visitor can reach another.
"""

from core.window.edition import Edition, touch

__all__ = ["Edition", "touch"]
