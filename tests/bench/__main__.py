"""`make bench`: what it costs, measured here and now. Exits with 1 where a promise is not kept."""

import sys

from bench import go_start, listing, pdf, player, recording, site

if __name__ == "__main__":
    kept = [
        part()
        for part in (
            recording.measure,
            go_start.measure,
            listing.measure,
            site.measure,
            player.measure,
            pdf.measure,
        )
    ]
    sys.exit(0 if all(kept) else 1)
