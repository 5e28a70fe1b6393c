#include <stdlib.h>

int counted = 42;
int zeroed;
const char word[] = "areas";

int look(int *local, int *small, char *large) {
    return *local + *small + *large + counted + zeroed + word[0];
}

int main(void) {
    int local = 1;
    int *small = calloc(4, sizeof(int));
    char *large = calloc(1, 1 << 20);
    int seen = look(&local, small, large);
    free(large);
    free(small);
    return seen != 140;
}
