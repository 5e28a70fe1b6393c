// Values of all kinds of Go, in variables, parameters and structures.
package main

import "fmt"

type Colour int

const (
	Red Colour = iota
	Green
)

type Point struct {
	X, Y int32
	Name string
	f    float32
}

type Shape interface{ Area() float64 }

type Square struct {
	side float64
	grow func(float64) float64
}

func (s Square) Area() float64 { return s.side * s.side }

var global = [4]int{1, 2, 3, 4}
var text = "global text"

//go:noinline
func depth(n int) int {
	if n <= 1 {
		return 1
	}
	return n * depth(n-1)
}

//go:noinline
func kinds(d string, e []int, q *Point, arr [3]byte, m map[string]int, sh Shape, fn func(int) int, small int8) int {
	return len(d) + e[1] + int(q.X) + int(arr[1]) + m["a"] + int(sh.Area()) + fn(3) + int(small)
}

func main() {
	numbers := []int{5, 6, 7}
	var colour Colour = Green
	p := Point{1, 2, "pt", 2.5}
	q := &Point{10, 20, "qt", -0.5}
	var nilp *Point
	base := 10
	fn := func(i int) int { return i + base }
	double := func(side float64) float64 { return 2 * side }
	square := Square{3, double}
	n := depth(4)
	k := kinds("hello", numbers, q, [3]byte{1, 2, 3}, map[string]int{"a": 1}, square, fn, -1)
	fmt.Println(n, k, colour, p, nilp, text, global)
}
