__attribute__((noinline)) static int leaf(int a, int b)
{
    return a * b + 1;
}
__attribute__((noinline)) static int middle(int n, int *out)
{
    int first = leaf(n, 3);
    int second = leaf(first, n);
    *out = first + second;
    return second - n;
}
int main(int argc, char **argv)
{
    int got = 0;
    int r = middle(argc + 4, &got);
    return (r + got) & 127;
}
