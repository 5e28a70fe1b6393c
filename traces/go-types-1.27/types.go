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
	letters                 = [6]byte{'a', 'b', 'c', 'd', 'e', 'f'}
	ages                    = map[string]int{"ann": 7}
	anyOf   interface{}     = 42
	shapeOf shape           = square(3)
	double  func(n int) int = twice
)

func twice(n int) int { return n * 2 }

func useInts(a int8, b int16, c bool, d int32) int32 {
	if c {
		return int32(a) + int32(b) + d
	}
	return d
}

func ints() {
	number = int(useInts(1, 2, true, 3))
}

func useFloats(x float64, n int, y float32) float64 {
	return x*float64(n) + float64(y)
}

func floats() {
	ratio = useFloats(1.5, 4, 0.25)
}

func useStrings(s, t string) string {
	if len(s) < len(t) {
		return t
	}
	return s
}

func strings() {
	t := useStrings("go", "stack")
	number = len(t)
}

func useSlice(s []byte) (int, int) {
	return len(s), cap(s)
}

func slices() {
	l, c := useSlice(letters[1:4])
	number = l + c
}

func useMap(m map[string]int) int {
	return len(m)
}

func maps() {
	number = useMap(ages)
}

func useInterfaces(v interface{}, s shape) bool {
	_, ok := v.(int)
	return ok && s != nil
}

func interfaces() {
	if useInterfaces(anyOf, shapeOf) {
		number = 1
	}
}

func usePair(p pair) pair {
	return pair{p.y, p.x}
}

func pairs() {
	q := usePair(pair{3, 4})
	number = q.x
}

func useMixed(m mixed, k int) int {
	return int(m.n) + int(m.f) + len(m.s) + k
}

func mixeds() {
	number = useMixed(mixed{1, 2.5, "abc"}, 9)
}

func useWide(w wide, e struct{}, k int) int {
	return w.a + w.j + k
}

func wides() {
	number = useWide(wide{a: 1, j: 10}, struct{}{}, 9)
}

func useArrays(a [2]int, b [1]int, n int) int {
	return a[0] + a[1] + b[0] + n
}

func arrays() {
	number = useArrays([2]int{5, 6}, [1]int{7}, 8)
}

func usePointer(p *int) {
	*p += 1
}

func pointers() {
	n := 41
	usePointer(&n)
	number = n
}

func useFunc(f func(int) int, n int) int {
	return f(n)
}

func funcs() {
	number = useFunc(double, 21)
}

func useVariadic(ns ...int) int {
	sum := 0
	for _, n := range ns {
		sum += n
	}
	return sum
}

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
