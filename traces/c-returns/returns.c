struct pair { long first, second; };
struct triple { long first, second, third; };

__int128 wide(void) {
    return ((__int128)7 << 64) | 5;
}

struct pair two(void) {
    return (struct pair){1, 2};
}

struct triple three(void) {
    return (struct triple){1, 2, 3};
}

double half(double x) {
    return x / 2;
}

int main(void) {
    __int128 w = wide();
    struct pair p = two();
    struct triple t = three();
    double d = half(3);
    return (long)w + p.second + t.third + (d > 1) != 11;
}
