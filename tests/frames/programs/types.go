package main

import "errors"

type Point struct {
	X, Y int
}

type Celsius float64

type Shape interface{ Area() float64 }

func (p Point) Area() float64 { return float64(p.X * p.Y) }

type Node struct {
	next  *Node
	value int32
	flag  bool
	name  string
}

//go:noinline
func strings(s string, t string) (n int, u string) {
	u = s + t
	n = len(u)
	return n, u
}

//go:noinline
func slices(v []int, w []string, arr [3]int16) (r []int) {
	r = append(v, len(w))
	r[0] = int(arr[1])
	return
}

//go:noinline
func interfaces(e interface{}, s Shape, err error) (float64, error) {
	if err != nil {
		return 0, err
	}
	_ = e
	return s.Area(), nil
}

//go:noinline
func others(m map[string]int, c chan int, f func(int) int, p *Point, n *Node) int {
	k := f(p.X)
	if n != nil {
		k += int(n.value)
	}
	return k + m["a"] + cap(c)
}

//go:noinline
func numbers(a int8, b uint8, c int16, d uint16, e int32, f uint32, g uint64, h bool, i rune, x float32, y float64, z complex128, t Celsius, q Point) float64 {
	sum := float64(a) + float64(b) + float64(c) + float64(d)
	sum += float64(e) + float64(f) + float64(g) + float64(i)
	if h {
		sum += float64(x) + y + real(z) + float64(t) + float64(q.X)
	}
	return sum
}

// A stack that has grown once does not move any more while main runs.
func init() {
	deep(200)
}

//go:noinline
func deep(n int) int {
	var room [64]int
	if n > 0 {
		room[n%64] = deep(n - 1)
	}
	return room[n%64] + n
}

func main() {
	n, u := strings("abc", "de")
	r := slices([]int{1, 2}, []string{"x", "yz"}, [3]int16{7, 8, 9})
	a, err := interfaces(42, Point{3, 4}, nil)
	_, err = interfaces("x", Point{1, 2}, errors.New("bad"))
	k := others(map[string]int{"a": 1}, make(chan int, 3), func(i int) int { return i + n }, &Point{5, 6}, &Node{nil, 3, true, "node"})
	b := numbers(-1, 255, -300, 65535, -70000, 70000, 1<<63, true, 'x', 1.5, 2.25, complex(1, -2), 36.6, Point{1, 2})
	println(n, u, len(r), a, err != nil, k, b)
}
