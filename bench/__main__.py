"""`python -m bench`: measurements. `… torture`: the long kills and walks. `… voices FILE`: a real table."""

import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["torture"]:
        from bench import torture

        raise SystemExit(torture.main(sys.argv[2:]))
    if sys.argv[1:2] == ["voices"]:
        from bench import voices

        raise SystemExit(voices.main(sys.argv[2:]))
    from bench import measure

    raise SystemExit(measure.main(sys.argv[1:]))
