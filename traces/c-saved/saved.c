int result;

__attribute__((noipa)) int touch(int n) {
    return n + 1;
}

__attribute__((noipa)) int keep(int a, int b) {
    int product = a * b;
    return touch(b) + product;
}

int main(void) {
    result = keep(3, 4);
    return 0;
}
