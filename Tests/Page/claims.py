"""Claims about the page, one line each, and their totals."""

passed, failed = 0, 0


def claim(words, holds, found=()):
    """Prints whether it holds; what was found instead stands below."""
    global passed, failed
    if holds:
        passed += 1
        print(f"ok   {words}", flush=True)
    else:
        failed += 1
        print(f"FAIL {words}", flush=True)
        for line in list(found)[:20]:
            print(f"     {line}", flush=True)
    return bool(holds)


def total():
    print(f"{passed} passed, {failed} failed")
    return failed == 0
