int weigh(int a, int b, int c, int d, int e, int f, int g, int h) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h;
}

int main(void) {
    return weigh(1, 2, 3, 4, 5, 6, 7, 8) != 204;
}
