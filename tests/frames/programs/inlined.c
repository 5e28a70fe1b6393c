/* Calls that the compiler inlines: frames for gdb, no bytes on the stack. */
volatile int cell = 3;

static inline __attribute__((always_inline)) int scaled(int v, int by)
{
    int product = v * by;
    cell = product;
    return product + cell;
}

static inline __attribute__((always_inline)) int twice_scaled(int v)
{
    int first = scaled(v, 2);
    int second = scaled(first, 3);
    return first + second;
}

__attribute__((noinline)) static int work(int n)
{
    int kept[2] = {n, cell};
    int result = twice_scaled(kept[0]);
    cell = kept[1];
    return result;
}

int main(void)
{
    return work(cell);
}
