package main

type pair struct {
	x, y int
}

type mixed struct {
	n int32
	f float64
	s string
}

type wide struct {
	a, b, c, d, e, f, g, h, i, j int
}

type shape interface {
	sides() int
}

type square int

func (q square) sides() int { return 4 }

var (
	number  int
	ratio   float64
	text    string
	buffer                  = []byte("abcdef")
	ages                    = map[string]int{"ann": 7}
	anyOf   interface{}     = 42
	shapeOf shape           = square(3)
	pairOf                  = pair{3, 4}
	mixedOf                 = mixed{1, 2.5, "abc"}
	double  func(n int) int = twice
)

func twice(n int) int { return n * 2 }

//go:noinline
func useInts(a int8, b int16, c bool, d int32) int32 {
	if c {
		return int32(a) + int32(b) + d
	}
	return d
}

//go:noinline
func ints() {
	number = int(useInts(1, 2, true, 3))
}

//go:noinline
func useFloats(x float64, n int, y float32) float64 {
	return x*float64(n) + float64(y)
}

//go:noinline
func floats() {
	ratio = useFloats(1.5, 4, 0.25)
}

//go:noinline
func useStrings(s, t string) string {
	if len(s) < len(t) {
		return t
	}
	return s
}

//go:noinline
func strings() {
	text = useStrings("go", "stack")
}

//go:noinline
func useSlice(s []byte) (int, int) {
	return len(s), cap(s)
}

//go:noinline
func slices() {
	l, c := useSlice(buffer[1:4])
	number = l + c
}

//go:noinline
func useMap(m map[string]int) int {
	return len(m)
}

//go:noinline
func maps() {
	number = useMap(ages)
}

//go:noinline
func useInterfaces(v interface{}, s shape) bool {
	_, ok := v.(int)
	return ok && s != nil
}

//go:noinline
func interfaces() {
	if useInterfaces(anyOf, shapeOf) {
		number = 1
	}
}

//go:noinline
func usePair(p pair) pair {
	return pair{p.y, p.x}
}

//go:noinline
func pairs() {
	pairOf = usePair(pair{3, 4})
}

//go:noinline
func useMixed(m mixed, k int) int {
	return int(m.n) + int(m.f) + len(m.s) + k
}

//go:noinline
func mixeds() {
	number = useMixed(mixed{1, 2.5, "abc"}, 9)
}

//go:noinline
func useWide(w wide, e struct{}, k int) int {
	return w.a + w.j + k
}

//go:noinline
func wides() {
	number = useWide(wide{a: 1, j: 10}, struct{}{}, 9)
}

//go:noinline
func useArrays(a [2]int, b [1]int, n int) int {
	return a[0] + a[1] + b[0] + n
}

//go:noinline
func arrays() {
	number = useArrays([2]int{5, 6}, [1]int{7}, 8)
}

//go:noinline
func usePointer(p *int) {
	*p += 1
}

//go:noinline
func pointers() {
	n := 41
	usePointer(&n)
	number = n
}

//go:noinline
func useFunc(f func(int) int, n int) int {
	return f(n)
}

//go:noinline
func funcs() {
	number = useFunc(double, 21)
}

//go:noinline
func useVariadic(ns ...int) int {
	sum := 0
	for _, n := range ns {
		sum += n
	}
	return sum
}

//go:noinline
func variadic() {
	number = useVariadic(1, 2, 3)
}

func main() {
	ints()
	floats()
	strings()
	slices()
	maps()
	interfaces()
	pairs()
	mixeds()
	wides()
	arrays()
	pointers()
	funcs()
	variadic()
}
