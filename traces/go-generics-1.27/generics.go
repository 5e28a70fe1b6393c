package main

type named interface {
	name() string
}

type cat struct{ age int }

//go:noinline
func (c *cat) name() string { return "cat" }

type dog struct{ age int }

//go:noinline
func (d *dog) name() string { return "dog" }

var (
	number int
	wide   int64
	text   string
	ptr    *int
)

//go:noinline
func first[T any](s []T) T {
	return s[0]
}

//go:noinline
func call[T named](v T) string {
	return v.name()
}

//go:noinline
func ints() {
	number = first([]int{1, 2})
}

//go:noinline
func int64s() {
	wide = first([]int64{3, 4})
}

//go:noinline
func pointers() {
	ptr = first([]*int{&number})
}

//go:noinline
func cats() {
	text = call(&cat{3})
}

//go:noinline
func dogs() {
	text = call(&dog{4})
}

func main() {
	ints()
	int64s()
	pointers()
	cats()
	dogs()
}
