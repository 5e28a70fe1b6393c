/* Bit fields, a switch with a jump table, one with sparse cases, boolean logic, conditional moves, goto. */
struct flags {
    unsigned ready : 1, kind : 3;
    int level : 5;
    unsigned long mark : 37;
    unsigned char rest;
};

enum { PUSH, ADD, MUL, DUP, SWAP, NEG, JNZ, HALT };

static long interpret(const signed char *code, struct flags *f) {
    long stack[8], top = 0;
    for (int at = 0;; at++) {
        switch (code[at]) {
        case PUSH: stack[top++] = code[++at]; break;
        case ADD: top--; stack[top - 1] += stack[top]; break;
        case MUL: top--; stack[top - 1] *= stack[top]; break;
        case DUP: stack[top] = stack[top - 1]; top++; break;
        case SWAP: { long t = stack[top - 1]; stack[top - 1] = stack[top - 2]; stack[top - 2] = t; } break;
        case NEG: stack[top - 1] = -stack[top - 1]; f->ready ^= 1; break;
        case JNZ: at++; if (stack[top - 1]) at += code[at]; break;
        case HALT: f->kind = (unsigned)top; return stack[top - 1];
        default: return -1;
        }
        f->level += 3;
        f->mark = f->mark * 5 + (unsigned long)code[at];
    }
}

static int sparse(int n) {
    switch (n) {
    case -1000: return 1;
    case 7: return 2;
    case 300: case 301: return 3;
    case 90000: return 4;
    default: return n > 8 && n < 20 ? 5 : n & 1 ? 6 : 7;
    }
}

static int logic(int a, int b, int c) {
    int best = a > b ? a : b;
    best = best > c ? best : c;
    if ((a && !b) || (b & c) == 2 || !(a ^ c))
        goto odd;
    return best;
odd:
    return -best + (a < 0 ? -a : a) + (unsigned)(c - 1) / 3;
}

int main(int argc, char **argv) {
    static const signed char code[] = {PUSH, 3, DUP, MUL, PUSH, -4, SWAP, ADD, NEG, JNZ, 1, ADD, PUSH, 7, ADD, HALT};
    struct flags f = {0, 5, -3, 12345, 9};
    (void)argv;
    long n = interpret(code, &f);
    for (int i = -1000; i <= 90000; i += 325 + i * i / 9)
        n += sparse(i);
    n += sparse(300) + sparse(argc) + logic(argc, 2, 3) + logic(-4, 0, -4) + logic(9, 2, 6);
    return (int)(n + f.ready + f.kind * 2 + f.level + (long)(f.mark % 101) + f.rest) & 127;
}
