 .byte 0x66,0x66,0x48,0xe8,0,0,0,0
 .byte 0x66,0xe8,0,0,0,0,0,0
 .byte 0x48,0xc3
 .byte 0xf3,0xc3
 .byte 0xf2,0xc3
 .byte 0x48,0x0f,0x28,0x07
 .byte 0x48,0x88,0x07
 .byte 0x40,0x01,0xc0
 .byte 0x45,0x01,0xc0
 .byte 0x4f,0x01,0xc0
 .byte 0x48,0x8d,0x04,0x20
 .byte 0x67,0x8d,0x04,0x20
 .byte 0x66,0x48,0x8d,0x3d,0,0,0,0
 .byte 0x66,0x48,0xff,0x15,0,0,0,0
 .byte 0x2e,0x74,0x02
 .byte 0x3e,0x74,0x02
 .byte 0xf2,0x74,0x02
 enter $16,$1
 in %dx,%al
 out %al,%dx
 in $5,%eax
 lods (%rsi)
 lodsq
 scasb
 cmpsb
 repz cmpsb
 repnz scasw
 xlat
 movabs 0x1122334455667788,%eax
 movabs %al,0x1122334455667788
 cvtsi2sdl (%rax),%xmm0
 cvtsi2sdq (%rax),%xmm0
 cvtsi2sd %rax,%xmm0
 vcvtsi2sdq (%rax),%xmm1,%xmm0
 crc32b (%rax),%eax
 crc32q %rax,%rax
 pushw (%rax)
 push (%rax)
 pushw $3
 push $-1
 push %ax
 ret $8
 lret
 iretq
 iret
 fadd %st(1),%st
 fadd %st,%st(1)
 fsubrp
 fsubp
 fdivp
 fdiv %st,%st(3)
 fld %st(1)
 fxch
 fildll (%rax)
 filds (%rax)
 fistpll (%rax)
 fisttpll (%rax)
 fldt (%rax)
 fbld (%rax)
 fiadds (%rax)
 fnstsw %ax
 fnstsw (%rax)
 fnsave (%rax)
 ljmp *(%rax)
 lcall *(%rax)
 int3
 int $0x80
 mov %fs,%eax
 mov %eax,%ds
 mov %ds,(%rax)
 mov %cr0,%rax
 bt $3,(%rax)
 btsq $3,(%rax)
 shld $3,%eax,(%rbx)
 shl (%rax)
 shll $1,(%rax)
 shll $2,(%rax)
 shll %cl,(%rax)
 shl %eax
 imul $-1,%eax,%ebx
 imull (%rax)
 bswap %rax
 cmpxchg16b (%rax)
 cmpxchg8b (%rax)
 xchg %rax,%rbx
 xchg %eax,%eax
 nop %eax
 nop %ax
 pause
 sysenter
 syscall
 sysret
 sysretq
 cpuid
 rdtsc
 ud2
 ud1 %eax,%ebx
 hlt
 fs lodsb
 mov %fs:-8,%rax
 mov 0x601010,%eax
 mov %eax,-0x80(,%rax,8)
 pclmulqdq $0x11,%xmm1,%xmm2
 vpclmulqdq $0x10,%xmm1,%xmm2,%xmm3
 cmpeqsd %xmm1,%xmm2
 cmpltps (%rax),%xmm2
 vcmpneq_oqsd %xmm1,%xmm2,%xmm3
 pextrb $3,%xmm0,%eax
 pextrb $3,%xmm0,(%rax)
 pextrw $3,%xmm0,%eax
 pextrw $3,%xmm0,(%rax)
 pinsrw $3,%eax,%xmm0
 pinsrw $3,(%rax),%xmm0
 movmskpd %xmm0,%eax
 vcvttpd2dqx (%rax),%xmm0
 vcvtpd2psy (%rax),%xmm0
 vaddpd (%rax){1to8},%zmm1,%zmm2
 vaddpd {rn-sae},%zmm0,%zmm1,%zmm2
 vmovdqu8 %zmm16,0x40(%rax){%k1}
 vpgatherdd %ymm1,(%rax,%ymm2,4),%ymm3
 kmovd %eax,%k1
 kortestd %k0,%k1
 endbr64
 rdsspq %rax
 incsspq %rax
 xbegin 1f
1: xend
 xabort $1
 lock xadd %eax,(%rbx)
 xacquire lock xadd %eax,(%rbx)
 rdfsbase %rax
 wrfsbase %eax
 rdrand %eax
 rdpid %rax
 str %eax
 sldt %ax
 lldt %ax
 sgdt (%rax)
 invlpg (%rax)
 clflush (%rax)
 clflushopt (%rax)
 clwb (%rax)
 prefetchw (%rax)
 prefetchnta (%rax)
 mfence
 sfence
 lfence
 monitor
 mwait
 loop 1b
 jrcxz 1b
 jecxz 1b
 cwtl
 cltq
 cbtw
 cqto
 cltd
 cwtd
 movsbw %al,%cx
 movzbw %al,%cx
 movzbq (%rax),%rcx
 movzwl %ax,%ecx
 movslq %eax,%rcx
 movswq (%rax),%rcx
 sahf
 lahf
 pushf
 popf
 leave
 popw %ax
 pop (%rax)
 testb $-1,(%rax)
 and $-16,%ax
 add $-1,%al
 or $0x80,%eax
 mov $-1,%rax
 movabs $-1,%rax
 movq %xmm0,%rax
 movq %mm0,%mm1
 movd %eax,%mm1
 emms
 andn %eax,%ebx,%ecx
 rorx $3,%eax,%ebx
 mulx %rax,%rbx,%rcx
 adcx %rax,%rbx
 lar %eax,%ebx
 xgetbv
 vzeroupper
 sha256rnds2 %xmm0,%xmm1,%xmm2
 pblendvb %xmm0,%xmm1,%xmm2
 vblendvps %ymm1,%ymm2,%ymm3,%ymm4
 insertps $3,(%rax),%xmm0
 movhlps %xmm1,%xmm0
 movlhps %xmm1,%xmm0
 lddqu (%rax),%xmm0
 maskmovdqu %xmm1,%xmm0
 movnti %eax,(%rax)
 vfmaddsd %xmm1,%xmm2,%xmm3,%xmm4
 .byte 0x64,0xe8,0,0,0,0
 .byte 0x06
 .byte 0x3e,0xff,0xe0
 .byte 0x3e,0xff,0x20
 .byte 0xf2,0xff,0xe0
 .byte 0xf2,0xe8,0,0,0,0
 .byte 0xf2,0xe9,0,0,0,0
 .byte 0x3e,0xf2,0xff,0xe0
 .byte 0xf2,0xeb,0
 .byte 0x66,0x0f,0x1f,0x00
 .byte 0x0f,0x1f,0xc0
 .byte 0x48,0x90
 .byte 0x41,0x90
 .byte 0x87,0xc0
 .byte 0x66,0x87,0xc0
 .byte 0xd6
 .byte 0xd1,0xf0
 .byte 0xdd,0xe1
 .byte 0xdb,0xe3,0xdb,0xe2
 .byte 0xd9,0xd0
