package main

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// variablePrefix begins the variables that are settings.
const variablePrefix = "CARILLON_"

// mayBeEmptyTag marks flags for which an empty value means something.
const mayBeEmptyTag = "mayBeEmpty"

// unsetEmpty makes an empty variable count as one that is not there.
func unsetEmpty() {
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); value == "" && strings.HasPrefix(name, variablePrefix) {
			os.Unsetenv(name)
		}
	}
}

// check refuses what would go unnoticed: variables and keys of the file that no
// command knows, and values that are empty where one is needed.
func (s *settings) check(ctx *kong.Context) error {
	flags := flagsOf(ctx.Model.Node)
	if err := checkVariables(flags); err != nil {
		return err
	}
	if err := s.load(configPath(ctx)); err != nil {
		return err
	}
	if err := s.checkKeys(flags); err != nil {
		return err
	}
	return checkValues(ctx)
}

// flagsOf returns the flags of all commands that can be set elsewhere than on
// the command line.
func flagsOf(node *kong.Node) (flags []*kong.Flag) {
	for _, flag := range node.Flags {
		if len(flag.Envs) > 0 {
			flags = append(flags, flag)
		}
	}
	for _, child := range node.Children {
		flags = append(flags, flagsOf(child)...)
	}
	return flags
}

func checkVariables(flags []*kong.Flag) error {
	known := map[string]bool{}
	for _, flag := range flags {
		for _, name := range flag.Envs {
			known[name] = true
			if flag.Name != configFlag {
				known[name+"_FILE"] = true
			}
		}
	}
	for _, variable := range slices.Sorted(slices.Values(os.Environ())) {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, variablePrefix) && !known[name] && !isServiceLink(name, value) {
			return fmt.Errorf("no command has a setting for the variable %s; the nearest is %s", name, nearest(name, known))
		}
	}
	return nil
}

// serviceLink is what Kubernetes names the variables that it sets in every
// container because of a service whose name begins with carillon.
var serviceLink = regexp.MustCompile(`^CARILLON(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

// isServiceLink tells these variables from settings that somebody misspelt.
func isServiceLink(name, value string) bool {
	return serviceLink.MatchString(name) && (!strings.HasSuffix(name, "_PORT") || strings.Contains(name, "_PORT_") ||
		strings.HasSuffix(name, "_SERVICE_PORT") || strings.Contains(value, "://"))
}

func (s *settings) checkKeys(flags []*kong.Flag) error {
	known, mayBeEmpty := map[string]bool{}, map[string]bool{}
	for _, flag := range flags {
		known[flag.Name] = true
		mayBeEmpty[flag.Name] = flag.Tag.Has(mayBeEmptyTag)
	}
	delete(known, configFlag)
	for _, key := range slices.Sorted(maps.Keys(s.values)) {
		switch v := s.values[key]; {
		case !known[key]:
			return fmt.Errorf("%s: no command has a setting %q; the nearest is %q", s.path, key, nearest(key, known))
		case v == nil, v == "" && !mayBeEmpty[key]:
			return fmt.Errorf("%s: %s is empty; give a value or leave it out", s.path, key)
		}
	}
	return nil
}

// checkValues refuses flags that were given, on the command line or in a file,
// but are empty.
func checkValues(ctx *kong.Context) error {
	times := map[*kong.Flag]int{}
	for _, p := range ctx.Path {
		if p.Flag == nil || p.Flag.Tag.Has(mayBeEmptyTag) {
			continue
		}
		times[p.Flag]++
		if isEmpty(reflect.ValueOf(ctx.FlagValue(p.Flag)), times[p.Flag]) {
			return fmt.Errorf("--%s is empty; give a value or leave it out", p.Flag.Name)
		}
	}
	return nil
}

// isEmpty reports whether a value that was given so many times is an empty text
// or lacks one of them: lists have no empty elements.
func isEmpty(v reflect.Value, times int) bool {
	switch v.Kind() {
	case reflect.String:
		return v.Len() == 0
	case reflect.Slice:
		return v.Len() < times
	}
	return false
}

// nearest returns the name that takes the fewest changes to become, whatever
// the letter case.
func nearest(name string, known map[string]bool) (best string) {
	least := -1
	for _, candidate := range slices.Sorted(maps.Keys(known)) {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); least < 0 || d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the bytes to insert, remove or replace between two names.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
