// Records what the real language makes of the expressions in *.txt, one JSON line each: see README.md.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	sprig "github.com/Masterminds/sprig/v3"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/builtin"
)

type record struct {
	Expression string          `json:"expression"`
	Result     json.RawMessage `json:"result,omitempty"`
	Error      bool            `json:"error,omitempty"`
}

func environment() map[string]any {
	functions := sprig.GenericFuncMap()
	delete(functions, "env")
	delete(functions, "expandenv")
	return map[string]any{
		"asInt": builtin.Int, "asFloat": builtin.Float, "sprig": functions,
		"a": 1, "b": 2, "f": 2.5, "s": "hello", "t": true, "n": nil,
		"list":  []any{3, 1, 2},
		"words": []any{"pear", "apple", "fig"},
		"m":     map[string]any{"x": 1, "y": map[string]any{"z": "deep"}},
		"users": []any{map[string]any{"name": "Ann", "age": 31}, map[string]any{"name": "Bob", "age": 25}, map[string]any{"name": "Cy", "age": 31}},
	}
}

func evaluate(source string) (result record) {
	result.Expression = source
	defer func() {
		if recover() != nil {
			result.Result, result.Error = nil, true
		}
	}()
	value, err := expr.Eval(source, environment())
	if err == nil {
		result.Result, err = json.Marshal(value)
	}
	result.Error = err != nil
	return result
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "" || lines.Text()[0] == '#' {
			continue
		}
		line, _ := json.Marshal(evaluate(lines.Text()))
		fmt.Println(string(line))
	}
}
