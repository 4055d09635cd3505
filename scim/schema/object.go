package schema

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
)

// Object reads a JSON object, whose numbers stay as they were written. Nothing may
// follow it. Errors are a *[Error] of type invalidSyntax.
func Object(text string) (sent map[string]any, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&sent) != nil || sent == nil {
		return nil, Refuse("invalidSyntax", "The body has to be a JSON object")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, Refuse("invalidSyntax", "The body has to be one JSON object and nothing behind it")
	}
	return sent, nil
}

// Names returns the names of an object's members in order: what is named in several
// ways is the same at each attempt, and as the schema writes it at the end.
func Names(object map[string]any) []string { return slices.Sorted(maps.Keys(object)) }
