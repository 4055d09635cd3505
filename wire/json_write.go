package wire

import (
	"reflect"
	"strconv"

	"carillon/api"
)

// appendJSON appends a value; what is absent in it is left out.
func appendJSON(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Pointer:
		return appendJSON(b, v.Elem())
	case reflect.Struct:
		return appendObject(b, v)
	case reflect.Slice:
		return appendArray(b, v)
	case reflect.Bool:
		return strconv.AppendBool(b, v.Bool())
	case reflect.Int:
		return strconv.AppendInt(b, v.Int(), 10)
	case reflect.Int64:
		return appendSeconds(b, v.Int())
	}
	return api.AppendText(b, v.String())
}

func appendObject(b []byte, v reflect.Value) []byte {
	b = append(b, '{')
	separator := ""
	members := membersOf(v.Type())
	for i := range members {
		value, ok := members[i].get(v)
		if !ok {
			continue
		}
		b = append(append(append(b, separator...), '"'), members[i].name...)
		b = appendJSON(append(b, '"', ':'), value)
		separator = ","
	}
	return append(b, '}')
}

func appendArray(b []byte, v reflect.Value) []byte {
	b = append(b, '[')
	for i := range v.Len() {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, v.Index(i))
	}
	return append(b, ']')
}

// appendSeconds appends milliseconds as seconds with as many decimals as needed.
func appendSeconds(b []byte, ms int64) []byte {
	return strconv.AppendFloat(b, float64(ms)/1000, 'f', -1, 64)
}
