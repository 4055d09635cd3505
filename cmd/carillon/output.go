package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// outputFlag chooses the form of results.
type outputFlag struct {
	Output string `help:"json or table." enum:"json,table" default:"json"`
}

// print writes one result.
func (f *outputFlag) print(s streams, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if f.Output == "table" {
		return printTable(s.out, text)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "    "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.out, b.String())
	return err
}

// printTable writes an object that holds a list as one row per element, any
// other object as one row.
func printTable(w io.Writer, text []byte) error {
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return err
	}
	rows := []map[string]any{object}
	for _, v := range object {
		if inner, ok := v.(map[string]any); ok && len(object) == 1 {
			rows[0] = inner
		}
		if list, ok := v.([]any); ok {
			rows = elements(list)
			break
		}
	}
	return printRows(w, rows)
}

func elements(list []any) []map[string]any {
	rows := make([]map[string]any, 0, len(list))
	for _, v := range list {
		if row, ok := v.(map[string]any); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

func printRows(w io.Writer, rows []map[string]any) error {
	columns := columnsOf(rows)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(columns, "\t"))
	for _, row := range rows {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = cell(row[c])
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}

// columnsOf returns the members that any row has a value for, by name.
func columnsOf(rows []map[string]any) []string {
	var columns []string
	for _, row := range rows {
		for name, v := range row {
			if v != nil && !slices.Contains(columns, name) {
				columns = append(columns, name)
			}
		}
	}
	slices.Sort(columns)
	return columns
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		if text, ok := texts(v); ok {
			return text
		}
	}
	text, _ := json.Marshal(v) // it came from JSON
	return string(text)
}

// texts is a list of texts as a cell shows it.
func texts(list []any) (string, bool) {
	parts := make([]string, len(list))
	for i, v := range list {
		text, ok := v.(string)
		if !ok {
			return "", false
		}
		parts[i] = text
	}
	return strings.Join(parts, ", "), true
}
