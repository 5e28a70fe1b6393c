"""Go programs that several tests build in several ways."""

from __future__ import annotations

MIXED = """
package main

type point struct{ x, y int }

//go:noinline
func area(p *point, scale float64, name string) (float64, int) {
	side := p.x * p.y
	if len(name) > 2 {
		side += int(name[2])
	}
	return float64(side) * scale, len(name)
}

//go:noinline
func walk(n int, p *point) int {
	if n == 0 {
		return p.x
	}
	return walk(n-1, p)*2 - n%3
}

func main() {
	p := point{6, 7}
	a, n := area(&p, 1.25, "emulated")
	println(int(a), n, walk(5, &p))
}
"""
CALLS_C = """
package main

/*
static int triple(int x) { return 3 * x; }
*/
import "C"

//go:noinline
func both(a int) int { return int(C.triple(C.int(a))) + 1 }

func main() { println(both(4)) }
"""

PIE = ("-buildmode=pie",)
