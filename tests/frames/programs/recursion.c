/* Recursion, with a frame a level, and mutual recursion. */
__attribute__((noinline)) static int odd(int n);

__attribute__((noinline)) static int even(int n)
{
    return n == 0 ? 1 : odd(n - 1);
}

__attribute__((noinline)) static int odd(int n)
{
    return n == 0 ? 0 : even(n - 1);
}

__attribute__((noinline)) static long fact(int n)
{
    long rest;
    if (n < 2)
        return 1;
    rest = fact(n - 1);
    return n * rest;
}

int main(void)
{
    long f = fact(4);
    int e = even(3);
    return (int) f + e;
}
