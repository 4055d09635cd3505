package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
)

const numbersPath = "/carillon/v1/phone-numbers"

type numberCmd struct {
	Add    numberAddCmd    `cmd:"" help:"Offer a number for order."`
	Import numberImportCmd `cmd:"" help:"Offer the numbers of a CSV file with the columns number, country, type, city, state, products."`
	List   numberListCmd   `cmd:"" help:"List the numbers that are offered."`
}

// offeredNumber is one number as the operator API takes it.
type offeredNumber struct {
	E164PhoneNumber string
	Country         string   `json:",omitempty"`
	Type            string   `json:",omitempty"`
	City            string   `json:",omitempty"`
	State           string   `json:",omitempty"`
	ProductTypes    []string `json:",omitempty"`
}

type numberAddCmd struct {
	Number  string   `arg:"" help:"The number in E.164 form, as in +12065550100."`
	Country string   `help:"Country, two letters; else what the number says." placeholder:"CODE"`
	Type    string   `help:"Local or TollFree; else what the number says." enum:",Local,TollFree" default:""`
	City    string   `help:"City that the number can be found by." placeholder:"CITY"`
	State   string   `help:"US state that the number can be found by, two letters." placeholder:"STATE"`
	Product []string `help:"Product type that the number can be ordered for; may be repeated; else all." placeholder:"TYPE"`
	remoteFlags
}

// Run offers the number.
func (c *numberAddCmd) Run(ctx context.Context, s streams) error {
	n := offeredNumber{c.Number, c.Country, c.Type, c.City, c.State, c.Product}
	return c.call(ctx, s, http.MethodPost, numbersPath, nil, map[string]any{"PhoneNumbers": []offeredNumber{n}})
}

type numberImportCmd struct {
	File string `arg:"" help:"CSV file with a header; - for standard input."`
	remoteFlags
}

// importBatch is how many rows one request takes.
const importBatch = 100

// Run offers the numbers, a batch a request. It may be repeated.
func (c *numberImportCmd) Run(ctx context.Context, s streams) error {
	numbers, err := readNumbers(c.File)
	if err != nil {
		return err
	}
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	offered := 0
	for batch := range slices.Chunk(numbers, importBatch) {
		var answer json.RawMessage
		if err := cl.Do(ctx, http.MethodPost, numbersPath, nil, map[string]any{"PhoneNumbers": batch}, &answer); err != nil {
			return fmt.Errorf("after %d numbers: %w", offered, err)
		}
		offered += len(batch)
	}
	return c.print(s, map[string]any{"Offered": offered})
}

func readNumbers(path string) ([]offeredNumber, error) {
	in, err := openInput(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: no header", path)
	}
	column, err := columnsByName(rows[0])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var numbers []offeredNumber
	for _, row := range rows[1:] {
		get := func(name string) string {
			if i, ok := column[name]; ok {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		products := strings.FieldsFunc(get("products"), func(r rune) bool { return strings.ContainsRune(" ;|,", r) })
		numbers = append(numbers, offeredNumber{get("number"), get("country"), get("type"), get("city"), get("state"), products})
	}
	return numbers, nil
}

// columnsByName finds the columns of a header.
func columnsByName(header []string) (map[string]int, error) {
	known := []string{"number", "country", "type", "city", "state", "products"}
	column := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("unknown column %q; the columns are %s", name, strings.Join(known, ", "))
		}
		column[name] = i
	}
	if _, ok := column["number"]; !ok {
		return nil, errors.New("no column number")
	}
	return column, nil
}

// openInput opens a file, or standard input for "-".
func openInput(path string) (io.ReadCloser, error) {
	if path == "-" {
		return io.NopCloser(os.Stdin), nil
	}
	return os.Open(path)
}

type numberListCmd struct {
	remoteFlags
}

// Run collects all pages into one answer.
func (c *numberListCmd) Run(ctx context.Context, s streams) error {
	return c.collect(ctx, s, numbersPath, "PhoneNumbers", 99)
}
