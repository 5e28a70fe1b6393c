/* libc's string and memory functions, and own loops over bytes; reading and writing numbers as text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t own_length(const char *s) {
    const char *p = s;
    while (*p)
        p++;
    return (size_t)(p - s);
}

static unsigned hash(const unsigned char *s) {
    unsigned h = 2166136261u;
    while (*s)
        h = (h ^ *s++) * 16777619u;
    return h;
}

static int words(char *text) {
    int n = 0;
    for (char *save, *w = strtok_r(text, " ,", &save); w; w = strtok_r(0, " ,", &save))
        n = n * 7 + (int)strlen(w);
    return n;
}

static void upper(char *to, const char *from) {
    while ((*to++ = (char)(*from >= 'a' && *from <= 'z' ? *from - 32 : *from)))
        from++;
}

int main(int argc, char **argv) {
    char a[64] = "push rbp, mov rsp", b[64], c[80];
    (void)argv;
    strcpy(b, a);
    upper(c, b);
    strcat(c, " / ");
    strncat(c, strchr(a, 'm'), 3);
    memmove(a + 3, a, strlen(a) + 1);
    memset(b + 8, 'z' - argc, 4);
    int n = strcmp(a, b) > 0;
    n += memcmp(b, c, 5) > 0;
    n += (int)(strstr(c, "MOV") - c) + (int)(strrchr(b, 'p') - b);
    n += snprintf(c + 40, 40, "%05d|%-6s|%lx", argc * 37, "ab", 0xdeadbeefcafeUL);
    n += atoi(c + 40) + (int)strtol("-7f", 0, 16);
    return (int)(n + words(b) + (int)own_length(c) + (int)(hash((unsigned char *)c) % 91)) & 127;
}
