# rsp points where nothing is mapped.
        .file   "fault.s"
        .text
        .globl  _start
        .type   _start, @function
_start:
        mov     $0x10008, %esp
        sub     $8, %rsp                # has been done
        mov     %rax, (%rsp)            # cannot be stored
        .size   _start, . - _start

        .section .note.GNU-stack, "", @progbits
