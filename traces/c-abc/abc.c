int c(int z) {
    int in_c = z + 300;
    return in_c;
}

int b(int y) {
    int in_b = y + 20;
    in_b = c(in_b);
    return in_b;
}

int a(int x) {
    int in_a = x + 1;
    in_a = b(in_a);
    return in_a;
}

int main(void) {
    return a(0) != 321;
}
