# push, pop, call, ret and leave, each beside what it is said to be short for. The stack is left as it was found.
        .file   "ops.s"
        .text
        .globl  main
        .type   main, @function
main:
        push    %rbp
        mov     %rsp, %rbp
        sub     $16, %rsp
        mov     $0x1234, %eax

        xor     %ecx, %ecx              # push and pop; xor sets the zero flag before each try
        push    %rax
        pop     %rdx

        xor     %ecx, %ecx              # sub and add change the flags
        sub     $8, %rsp
        mov     %rax, (%rsp)
        mov     (%rsp), %rsi
        add     $8, %rsp

        xor     %ecx, %ecx              # lea leaves them alone
        lea     -8(%rsp), %rsp
        mov     %rax, (%rsp)
        mov     (%rsp), %rdi
        lea     8(%rsp), %rsp

        push    %rsp                    # the old rsp is stored
        pop     %r8
        sub     $8, %rsp                # the new rsp is stored
        mov     %rsp, (%rsp)
        pop     %r9

        pushw   %ax                     # two bytes
        popw    %cx
        pushq   8(%rsp)                 # from memory to memory, which no mov can
        pop     %r10

        call    leaf
        push    $.Lback                 # a call without call
        jmp     leaf
.Lback:
        call    leaf_made

        leave
        push    %rbp
        mov     %rsp, %rbp
        sub     $16, %rsp
        xor     %eax, %eax
        mov     %rbp, %rsp              # leave without leave
        pop     %rbp
        ret
        .size   main, . - main

        .type   leaf, @function
leaf:
        ret
        .size   leaf, . - leaf

        .type   leaf_made, @function
leaf_made:
        pop     %rcx                    # ret without ret
        jmp     *%rcx
        .size   leaf_made, . - leaf_made

        .section .note.GNU-stack, "", @progbits
