/* Structs passed and returned by value: in integer registers, in vector registers, mixed, in memory. */
struct small { int a; short b; char c; };
struct pair { long x, y; };
struct mixed { double d; long n; };
struct floats { float f[4]; };
struct large { long v[9]; char tail; };
union either { double d; unsigned long bits; };

static struct small turn(struct small s) {
    struct small t = {s.b, (short)s.a, (char)(s.c + 1)};
    return t;
}

static struct pair swap(struct pair p) {
    struct pair q = {p.y, p.x};
    return q;
}

static struct mixed shift(struct mixed m, int by) {
    m.d *= by;
    m.n += (long)m.d;
    return m;
}

static struct floats scale(struct floats f, float by) {
    for (int i = 0; i < 4; i++)
        f.f[i] *= by;
    return f;
}

static struct large fill(struct large l, int seed) {
    for (int i = 0; i < 9; i++)
        l.v[i] = l.v[i] * 3 + seed;
    l.tail = (char)seed;
    return l;
}

static unsigned long bits(union either e) {
    return e.bits >> 52;
}

int main(int argc, char **argv) {
    struct small s = {argc, 2, 'c'};
    struct pair p = {argc, -1};
    struct mixed m = {1.5, 3};
    struct floats f = {{1, 2, 3.5f, (float)argc}};
    struct large l = {{1, 2, 3, 4, 5, 6, 7, 8, 9}, 0};
    union either e;
    (void)argv;
    s = turn(turn(s));
    p = swap(p);
    m = shift(shift(m, 2), argc);
    f = scale(f, 0.5f);
    l = fill(fill(l, argc), s.a);
    e.d = m.d + f.f[2];
    return (int)(s.a + s.b + s.c + p.x + p.y + m.n + (long)f.f[3] + l.v[8] + l.tail + (long)bits(e)) & 127;
}
