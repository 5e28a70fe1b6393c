
        .file   "ops.s"
        .text
        .globl  main
        .type   main, @function
main:
        push    %rbp
        mov     %rsp, %rbp
        sub     $16, %rsp
        mov     $0x1234, %eax

        xor     %ecx, %ecx
        push    %rax
        pop     %rdx

        xor     %ecx, %ecx
        sub     $8, %rsp
        mov     %rax, (%rsp)
        mov     (%rsp), %rsi
        add     $8, %rsp

        xor     %ecx, %ecx
        lea     -8(%rsp), %rsp
        mov     %rax, (%rsp)
        mov     (%rsp), %rdi
        lea     8(%rsp), %rsp

        push    %rsp
        pop     %r8
        sub     $8, %rsp
        mov     %rsp, (%rsp)
        pop     %r9

        pushw   %ax
        popw    %cx
        pushq   8(%rsp)
        pop     %r10

        call    leaf
        push    $.Lback
        jmp     leaf
.Lback:
        call    leaf_made

        leave
        push    %rbp
        mov     %rsp, %rbp
        sub     $16, %rsp
        xor     %eax, %eax
        mov     %rbp, %rsp
        pop     %rbp
        ret
        .size   main, . - main

        .type   leaf, @function
leaf:
        ret
        .size   leaf, . - leaf

        .type   leaf_made, @function
leaf_made:
        pop     %rcx
        jmp     *%rcx
        .size   leaf_made, . - leaf_made

        .section .note.GNU-stack, "", @progbits
