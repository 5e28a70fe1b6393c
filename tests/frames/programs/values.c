/* A value of every kind, to be printed; `done` is called when all are set. */
#include <complex.h>
#include <stdbool.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>

enum color { RED, GREEN = 5, BLUE };
enum flags { A = 1, B = 2, C = 4 };
enum zeroed { Z = 0, Y = 1, X = 2 };
struct point { int x; double y; };
struct node { struct node *next; char name[8]; struct { int a; short b; }; union { int i; float f; } u; };
struct bits { unsigned a : 3; int b : 5; bool c : 1; enum color d : 3; };
struct empty {};
struct nested { struct point at[2]; const char *label; };
typedef struct point point_t;
typedef int (*operation)(int);

static const char global_text[] = "message";
int global_array[4] = {1, 2, 3, 4};
int global_int;

static int f(int x)
{
    return x;
}

static void done(void)
{
}

int main(void)
{
    char c = 'a', newline = '\n', quote = '\'', backslash = '\\', negative = -1, escape = 27, zero = 0;
    unsigned char uc = 200;
    signed char sc = -3;
    bool yes = true, odd_bool;
    short sh = -7;
    long l = -1;
    unsigned long ul = -1UL;
    float fl = 1.1f, tiny = 1e-7f, large = 1e20f, fnan = -(0.0f / 0.0f);
    double d = 0.1, three = 3, down = -1e300, inf = 1.0 / 0.0, minus_inf = -1.0 / 0.0, nan = 0.0 / 0.0, e5 = 100000, e17 = 1e17;
    double long_one = 123456789012345678.0, small = 0.0001, smaller = 0.00001;
    long double ld = 0.1L, l1 = 1, l_large = 1e4000L, l_minus = -2.5L, l_small = 1e-4900L, l_inf = 1.0L / 0;
    __int128 i128 = -5;
    unsigned __int128 u128 = ((unsigned __int128) 1 << 100) + 7;
    double complex z = 1 + 2 * I;
    int *to_int = &global_int, *to_element = global_array + 2, *nothing = 0, *to_stack = (int *) &c;
    const char *text = "hello", *named_text = global_text, *bad = (char *) 1, *utf8 = "中文é\xff";
    operation op = f;
    int (*pointer_to_function)(int) = f, (*pointer_to_array)[4] = &global_array;
    void *untyped = f, **twice = (void **) &untyped;
    const volatile int constant = 3;
    int *const fixed = &global_int;
    int few[3] = {1, 2, 3}, zeros[20] = {0}, ten_same[15] = {1, 2, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 3, 3, 3}, many[300], same300[300] = {0};
    int matrix[2][3] = {{1, 2, 3}, {4, 5, 6}}, rows[12][2] = {{0}}, wide[30][10], mixed[300];
    char abc16[16] = "abc", abc8[8] = "abc", abc3[3] = "abc", abc4[4] = "abc", none[4] = {0}, none20[20] = {0};
    char ten[16] = "aaaaaaaaaa", eleven[16] = "aaaaaaaaaaa", inner[16] = "xaaaaaaaaaaay", octal[8] = "a\0011b", high[] = "\0012\377\200";
    char half[3] = "\xe4\xb8", chinese[] = "中中中中中中中中中中中中x", control[] = "\a\b\f\v\t\r\033\"'\177";
    char a250[250], alphabet[250], long_mixed[300], ends[300] = {0}, ends201[201] = {0}, pairs[2][4] = {"ab", "cd"};
    unsigned char ua[4] = {1, 2, 3, 4};
    signed char sa[3] = {-1, 0, 1};
    bool flags3[3] = {1, 0, 1};
    char *strings[2] = {"x", "y"}, *long_text = alphabet;
    struct point p = {1, 2.5}, points[2] = {{1, 1}, {2, 2}}, *to_point = &p;
    point_t typed = {3, 4};
    struct node n = {&n, "nm", {1, 2}, {.i = 1065353216}};
    struct bits bits = {5, -3, 1, GREEN};
    struct empty empty;
    struct nested nested = {{{1, 2}, {3, 4}}, "label"};
    enum color color = GREEN, no_color = 7;
    enum flags two = A | C, unknown = 8, no_flags = 0, one_known = 1 | 8;
    enum zeroed both = 3, named_zero = 0;
    wchar_t w = L'中', ws[4] = L"ab", *wp = L"中文";
    char16_t c16 = u'x', c16s[3] = u"hi";
    char32_t c32 = U'x', c32s[3] = U"hi";
    float vector __attribute__((vector_size(16))) = {1, 2, 3, 4};
    union { int i; char c[4]; } anonymous = {.i = 0x41424344};
    memset(&odd_bool, 5, 1);
    memset(a250, 'a', sizeof a250);
    for (int i = 0; i < 300; i++) {
        many[i] = wide[i / 10][i % 10] = i;
        mixed[i] = i < 20 ? 0 : i < 40 ? 1 : i;
        long_mixed[i] = (char) (i < 50 ? 'x' : i < 100 ? 'y' : 'a' + i % 26);
        if (i < 250)
            alphabet[i] = (char) ('a' + i % 26);
        if (i < 200)
            ends201[i] = ends[i] = (char) ('a' + i % 26);
    }
    done(); /* here */
    return c + (int) d;
}
