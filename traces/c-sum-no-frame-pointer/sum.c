#include <stdio.h>

int sum(int a, int b) {
    int s = a + b;
    return s;
}

int main(int argc, char *argv[]) {
    int n = sum(1, 2);
    printf("n: %d\n", n);
    return 0;
}
