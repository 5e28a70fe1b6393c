/* Many values alive across calls, so that callee-saved registers are stored. */
volatile int sink;

__attribute__((noinline)) static int leaf(int x)
{
    sink = x;
    return x + 1;
}

__attribute__((noinline)) static int busy(int a, int b, int c, int d, int e, int f)
{
    int p = leaf(a), q = leaf(b), r = leaf(c);
    int s = leaf(p + d), t = leaf(q + e);
    return a * p + b * q + c * r + d * s + e * t + f;
}

__attribute__((noinline)) static int tail(int x)
{
    return leaf(x * 2);
}

int main(int argc, char **argv)
{
    int n = busy(1, 2, 3, 4, 5, 6);
    int m = tail(n);
    return n + m + argc + (argv != 0);
}
