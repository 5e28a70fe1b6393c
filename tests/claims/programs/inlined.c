static inline __attribute__((always_inline)) int twice(int x)
{
    int r = x * 2;
    return r + 1;
}
static inline __attribute__((always_inline)) int four(int y)
{
    int a = twice(y);
    return twice(a);
}
int main(int argc, char **argv)
{
    int n = argc + 1;
    int k = four(n);
    return k;
}
