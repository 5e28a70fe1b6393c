/* Large objects copied and cleared: struct assignment (rep movs), memcpy and memset of many sizes, string moves. */
#include <string.h>

struct page { unsigned char bytes[600]; };
struct wide { unsigned long v[40]; };

static struct page make(int seed) {
    struct page p;
    for (unsigned i = 0; i < sizeof p.bytes; i += 7)
        memset(p.bytes + i, seed + (int)i, sizeof p.bytes - i < 7 ? sizeof p.bytes - i : 7);
    return p;
}

static unsigned long total(struct page p, struct wide w) {
    unsigned long sum = w.v[39];
    for (unsigned i = 0; i < sizeof p.bytes; i += 13)
        sum = sum * 3 + p.bytes[i] + w.v[i % 40];
    return sum;
}

static void direct(void *to, const void *from, unsigned long n) {
    unsigned long count = n / 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    count = n % 8;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

static long scan(const char *s, char wanted) {
    unsigned long left = 60;
    const char *at = s;
    unsigned char equal;
    __asm__ volatile("repne scasb\n\tsete %2" : "+D"(at), "+c"(left), "=q"(equal) : "a"(wanted) : "cc", "memory");
    __asm__ volatile("std\n\tlodsb\n\tcld" : "+S"(s) : : "rax", "memory");
    return (at - s) * 2 + equal;
}

int main(int argc, char **argv) {
    struct page a = make(argc), b;
    struct wide w = {{0}}, x;
    (void)argv;
    b = a;
    b.bytes[5] = 1;
    for (int i = 0; i < 40; i++)
        w.v[i] = (unsigned long)i << i;
    x = w;
    memcpy(b.bytes + 100, a.bytes + 3, 333);
    memmove(b.bytes + 1, b.bytes, 400);
    direct(b.bytes + 9, a.bytes + 50, 77);
    return (int)(total(b, x) + total(make(3), w) + (unsigned long)scan((char *)a.bytes + 1, (char)a.bytes[30])) & 127;
}
