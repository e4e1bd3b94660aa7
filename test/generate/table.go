package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"strconv"
	"strings"
)

// A field of a struct, as the table keeps it.
type field struct {
	name     string
	typ      string
	flags    int
	protobuf int
	extra    extra
}

// What few fields have; absent where it is Kubernetes' ordinary case.
type extra struct {
	PatchStrategy string   `json:"s,omitempty"`
	PatchMergeKey string   `json:"k,omitempty"`
	ListType      string   `json:"l,omitempty"`
	ListMapKeys   []string `json:"m,omitempty"`
	MapType       string   `json:"a,omitempty"`
	Default       any      `json:"d,omitempty"`
	Wire          string   `json:"w,omitempty"`
	Enum          []string `json:"e,omitempty"`
}

const (
	omitEmpty = 1 << iota // not written when it has Go's zero value
	pointer               // presence and zero value differ
	omitZero
	required // by Kubernetes' own markers
	inlined  // its fields stand in the parent's JSON, and in a message of their own on the wire
)

type structType struct {
	goType reflect.Type
	model  string // the name in OpenAPI
	fields []field
	atomic bool
}

type schemaTable struct {
	structs map[string]*structType
	kinds   map[string]map[string]string // group version, kind, struct
	sources sources
}

func newTable() *schemaTable {
	return &schemaTable{structs: map[string]*structType{}, kinds: map[string]map[string]string{}, sources: sources{}}
}

func (t *schemaTable) addKind(groupVersion, kind string, goType reflect.Type) {
	if t.kinds[groupVersion] == nil {
		t.kinds[groupVersion] = map[string]string{}
	}
	t.kinds[groupVersion][kind] = t.addStruct(goType)
}

func (t *schemaTable) addStruct(goType reflect.Type) string {
	name := shortName(goType)
	if _, known := t.structs[name]; known {
		return name
	}
	added := &structType{goType: goType, model: modelName(goType)}
	t.structs[name] = added // before its fields: types may refer to themselves
	markers := t.sources.of(goType)
	for i := range goType.NumField() {
		if f, ok := t.field(goType.Field(i), markers); ok {
			added.fields = append(added.fields, f)
		}
	}
	return name
}

func (t *schemaTable) field(goField reflect.StructField, markers structMarkers) (field, bool) {
	name, options, _ := strings.Cut(goField.Tag.Get("json"), ",")
	if name == "-" || !goField.IsExported() {
		return field{}, false
	}
	f := field{name: name, protobuf: protobufNumber(goField.Tag.Get("protobuf"))}
	f.extra.PatchStrategy = goField.Tag.Get("patchStrategy")
	f.extra.PatchMergeKey = goField.Tag.Get("patchMergeKey")
	f.typ = t.typeName(goField.Type, &f.extra)
	f.extra.Enum = t.sources.enumOf(goField.Type)
	if name == "" {
		if !goField.Anonymous {
			fail(fmt.Sprintf("field %s has neither a JSON name nor is it embedded", goField.Name))
		}
		f.flags |= inlined
		return f, true
	}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty":
			f.flags |= omitEmpty
		case "omitzero":
			f.flags |= omitZero
		}
	}
	if goField.Type.Kind() == reflect.Pointer {
		f.flags |= pointer
	}
	if markers.required(name, f.flags&(omitEmpty|omitZero) != 0) {
		f.flags |= required
	}
	return f, true
}

// Types whose JSON form is their own, and which the table names instead of opening them.
var leaves = map[string]string{
	"meta/v1.Time":                                  "time",
	"meta/v1.MicroTime":                             "microTime",
	"meta/v1.FieldsV1":                              "fieldsV1",
	"resource.Quantity":                             "quantity",
	"intstr.IntOrString":                            "intOrString",
	"runtime.RawExtension":                          "rawExtension",
	"apiextensions/v1.JSON":                         "json",
	"apiextensions/v1.JSONSchemaPropsOrArray":       "json schemaOrArray",
	"apiextensions/v1.JSONSchemaPropsOrBool":        "json schemaOrBool",
	"apiextensions/v1.JSONSchemaPropsOrStringArray": "json schemaOrStrings",
}

func (t *schemaTable) typeName(goType reflect.Type, x *extra) string {
	if goType.Kind() == reflect.Pointer {
		goType = goType.Elem()
	}
	if leaf, ok := leaves[shortName(goType)]; ok {
		leaf, x.Wire, _ = strings.Cut(leaf, " ")
		if x.Wire != "" {
			t.addStruct(reflect.TypeFor[jsonSchemaProps]())
		}
		return leaf
	}
	switch goType.Kind() {
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int32:
		return "int32"
	case reflect.Int64, reflect.Int:
		return "int64"
	case reflect.Float64:
		return "float"
	case reflect.Interface:
		return "json"
	case reflect.Struct:
		return t.addStruct(goType)
	case reflect.Map:
		return "{}" + t.elementName(goType.Elem(), x)
	case reflect.Slice:
		if goType.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		if _, isMessage := reflect.PointerTo(goType).MethodByName("Unmarshal"); isMessage {
			x.Wire = "items" // a named list that is a message with one repeated field
		}
		return "[]" + t.elementName(goType.Elem(), x)
	}
	fail("no name for " + goType.String())
	return ""
}

// Within a list or a map a named list is a type of its own, so that the fact of its message form has a place: "[!]".
func (t *schemaTable) elementName(goType reflect.Type, x *extra) string {
	var inner extra
	name := t.typeName(goType, &inner)
	if inner.Wire == "items" {
		return "[!]" + strings.TrimPrefix(name, "[]")
	}
	if inner.Wire != "" {
		x.Wire = inner.Wire
	}
	return name
}

func protobufNumber(tag string) int {
	parts := strings.Split(tag, ",")
	if len(parts) < 2 {
		return 0
	}
	number, err := strconv.Atoi(parts[1])
	must(err)
	return number
}

// "k8s.io/api/core/v1".Pod is core/v1.Pod.
func shortName(goType reflect.Type) string {
	version := path.Base(goType.PkgPath())
	if !strings.HasPrefix(version, "v") {
		return version + "." + goType.Name()
	}
	return path.Base(path.Dir(goType.PkgPath())) + "/" + version + "." + goType.Name()
}

func modelName(goType reflect.Type) string {
	named, ok := reflect.Zero(goType).Interface().(interface{ OpenAPIModelName() string })
	if !ok {
		fail(goType.String() + " has no OpenAPI name")
	}
	return named.OpenAPIModelName()
}

// One line a struct, so that a change of Kubernetes' version can be read in a diff.
func (t *schemaTable) json() []byte {
	var out bytes.Buffer
	out.WriteString("{\"models\":{")
	for i, prefix := range t.modelPrefixes() {
		comma(&out, i)
		out.Write(encode(prefix[0]))
		out.WriteByte(':')
		out.Write(encode(prefix[1]))
	}
	out.WriteString("\n},\"kinds\":{")
	for i, groupVersion := range sortedKeys(t.kinds) {
		comma(&out, i)
		out.Write(encode(groupVersion))
		out.WriteByte(':')
		out.Write(encode(t.kinds[groupVersion]))
	}
	out.WriteString("\n},\"structs\":{")
	for i, name := range sortedKeys(t.structs) {
		comma(&out, i)
		out.Write(encode(name))
		out.WriteByte(':')
		out.Write(encode(t.structs[name].row()))
	}
	out.WriteString("\n}}\n")
	return out.Bytes()
}

// OpenAPI's names of structs differ from the table's in the part before the dot only.
func (t *schemaTable) modelPrefixes() [][2]string {
	prefixes := map[string]string{}
	for name, s := range t.structs {
		short, _, _ := strings.Cut(name, ".")
		long := strings.TrimSuffix(s.model, "."+s.goType.Name())
		if before, seen := prefixes[short]; seen && before != long {
			fail(fmt.Sprintf("%s is both %s and %s", short, before, long))
		}
		prefixes[short] = long
	}
	var pairs [][2]string
	for _, short := range sortedKeys(prefixes) {
		pairs = append(pairs, [2]string{short, prefixes[short]})
	}
	return pairs
}

// [atomic as 0 or 1, fields as [name, type, flags, protobuf number, what few have] ...]
func (s *structType) row() []any {
	row := []any{0}
	if s.atomic {
		row[0] = 1
	}
	for _, f := range s.fields {
		cells := []any{f.name, f.typ, f.flags, f.protobuf}
		if x := encode(f.extra); string(x) != "{}" {
			cells = append(cells, json.RawMessage(x))
		}
		row = append(row, cells)
	}
	return row
}

func comma(out *bytes.Buffer, i int) {
	if i > 0 {
		out.WriteByte(',')
	}
	out.WriteByte('\n')
}

func encode(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	must(encoder.Encode(value))
	return bytes.TrimSpace(out.Bytes())
}
