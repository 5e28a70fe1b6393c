/* Optimized code whose variables are constants: of every size, floating point ones among them. */

struct small { unsigned a : 3; int b : 5; };

static double numbers[3] = {1, 2.5, -3e10};

__attribute__((noipa)) int fact(int n) { if (n <= 1) return 1; int r = n * fact(n - 1); return r; }

__attribute__((noipa)) float half(float x) { return x / 2; }

__attribute__((noipa)) double mean(const double *p, int n) { double s = 0; for (int i = 0; i < n; i++) s += p[i]; return s / n; }

__attribute__((noipa)) int weigh(const char *s, unsigned long long big, signed char sc, double d) { return s[0] + (int)big + sc + (int)d; }

int main(void)
{
    struct small bits = {5, -3};
    char buf[16] = "hi\0there";
    int where = 2, *ip = &where, **pp = &ip;
    __int128 wide = ((__int128)1 << 100) + 5;
    float not = 0.0f / 0.0f;
    double inf = 1.0 / 0.0, less = -1.0 / 0.0;
    long l = -1;
    unsigned char uc = 200;
    int f = fact(5);
    double me = mean(numbers, 3);
    float h = half(3.0f);
    int w = weigh(buf, 1234567890123ULL, -5, 2.5);
    (void)bits, (void)pp, (void)wide, (void)not, (void)inf, (void)less, (void)l, (void)uc, (void)me, (void)h;
    return f + w;
}
