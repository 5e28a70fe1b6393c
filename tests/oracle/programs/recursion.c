/* Self and mutual recursion, with and without a frame pointer's worth of locals. */
static int odd(unsigned n);

static int even(unsigned n) {
    return n == 0 ? 1 : odd(n - 1);
}

static int odd(unsigned n) {
    return n == 0 ? 0 : even(n - 1);
}

static int ackermann(int m, int n) {
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

static unsigned long hanoi(int n, int from, int to, int by, long *moves) {
    unsigned long hash = 0;
    if (n > 0) {
        hash = hanoi(n - 1, from, by, to, moves);
        *moves += 1;
        hash = hash * 31 + from * 3 + to;
        hash += hanoi(n - 1, by, to, from, moves) << 1;
    }
    return hash;
}

static long fibonacci(long n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main(int argc, char **argv) {
    long moves = 0;
    (void)argv;
    return (int)(ackermann(2, argc) + hanoi(5, 1, 3, 2, &moves) + moves + fibonacci(9) + even(12 + argc)) & 127;
}
