/* Calls in tail position (jumps at -O2), through a pointer too, and a state machine made of them. */
struct machine { const char *at; int state, count; };

static int finish(struct machine *m);
static int letter(struct machine *m);
static int number(struct machine *m);

__attribute__((noinline)) static int start(struct machine *m) {
    m->count++;
    if (*m->at >= '0' && *m->at <= '9')
        return number(m);
    if (*m->at)
        return letter(m);
    return finish(m);
}

__attribute__((noinline)) static int letter(struct machine *m) {
    while (*m->at > '9')
        m->at++, m->state += 3;
    return start(m);
}

__attribute__((noinline)) static int number(struct machine *m) {
    int n = 0;
    while (*m->at >= '0' && *m->at <= '9')
        n = n * 10 + *m->at++ - '0';
    m->state ^= n;
    return start(m);
}

__attribute__((noinline)) static int finish(struct machine *m) {
    return m->state + m->count;
}

__attribute__((noinline)) static long descend(long n, long sum) {
    return n == 0 ? sum : descend(n - 1, sum + n * 2);
}

__attribute__((noinline)) static int pass(int (*next)(struct machine *), struct machine *m) {
    m->at = "x9";
    return next(m);
}

int main(int argc, char **argv) {
    struct machine m = {"abc12d345e", argc, 0};
    (void)argv;
    int got = start(&m);
    got += pass(start, &m);
    return (int)(got + descend(12, argc)) & 127;
}
