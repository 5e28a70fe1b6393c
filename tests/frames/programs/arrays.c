/* Arrays, strings, blocks inside of blocks with names that hide others. */
static char message[] = "hello";
static int table[2][3] = {{1, 2, 3}, {4, 5, 6}};

__attribute__((noinline)) static int length(const char *s)
{
    int n = 0;
    while (s[n])
        n++;
    return n;
}

__attribute__((noinline)) static int fill(int *out, unsigned n)
{
    static int calls;
    for (unsigned i = 0; i < n; i++) {
        int square = (int) (i * i);
        out[i] = square;
    }
    return ++calls;
}

int main(void)
{
    char text[12] = "abc", one = 'z';
    int squares[4];
    short small[3] = {1, -1, 300};
    const char *names[2] = {"x", message};
    int n = length(message);
    {
        int n = fill(squares, 3);
        text[n] = one;
    }
    squares[3] = small[2] + table[1][1];
    return n + squares[3] + names[0][0] + text[1];
}
