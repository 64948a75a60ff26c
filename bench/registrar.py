"""One of several processes that register at once; told on standard input what to do."""

import sys

if __name__ == "__main__":
    import django

    django.setup()
    from bench import registering

    registering.serve(int(sys.argv[1]))
