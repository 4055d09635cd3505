package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"

	"carillon/internal/client"
)

type numberCmd struct {
	Add    numberAddCmd    `cmd:"" help:"Offer a number for order."`
	Import numberImportCmd `cmd:"" help:"Offer the numbers of a CSV file."`
	List   numberListCmd   `cmd:"" help:"List the numbers that are offered."`
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
	n := given(client.Members{
		"E164PhoneNumber": c.Number, "Country": c.Country, "Type": c.Type, "City": c.City, "State": c.State, "ProductTypes": c.Product,
	})
	return c.call(ctx, s, "OfferPhoneNumbers", client.Members{"PhoneNumbers": []any{n}})
}

type numberImportCmd struct {
	File string `arg:"" help:"CSV file with a header and the columns number, country, type, city, state, products (separated by blanks or semicolons), or a number a line; - for standard input."`
	remoteFlags
}

// numberColumns are the columns of a file of numbers.
var numberColumns = columns{
	names: []string{"number", "country", "type", "city", "state", "products"}, needed: "number",
	isValue: regexp.MustCompile(`^\+?[1-9][0-9]+$`).MatchString,
}

// Run offers the numbers. It may be repeated.
func (c *numberImportCmd) Run(ctx context.Context, s streams) error {
	run := importRun{operation: "OfferPhoneNumbers", member: "PhoneNumbers", rows: 500, noun: "number"}
	if err := run.run(ctx, s, &c.remoteFlags, c.File, readNumbers); err != nil {
		return err
	}
	return run.finish(s, &c.outputFlag, map[string]int{"Offered": run.total - run.Failed})
}

func readNumbers(in io.Reader, each func(row) error) error {
	return numberColumns.read(in, func(r record) error {
		v := r.values
		n := given(client.Members{
			"E164PhoneNumber": v["number"], "Country": v["country"], "Type": v["type"], "City": v["city"], "State": v["state"],
			"ProductTypes": strings.FieldsFunc(v["products"], func(r rune) bool { return strings.ContainsRune(" ;|,", r) }),
		})
		return each(row{place: fmt.Sprint("line ", r.line), value: n, refused: r.bad})
	})
}

type numberListCmd struct {
	remoteFlags
}

// Run collects all pages into one answer.
func (c *numberListCmd) Run(ctx context.Context, s streams) error {
	return c.collect(ctx, s, "ListOfferedPhoneNumbers", "PhoneNumbers", client.Members{"MaxResults": smallPage})
}
