package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

type jsonSchemaProps = apiextensions.JSONSchemaProps

// What stands only in the Go source: whether a field is optional, and the values of string types marked as enumerations.
type packageMarkers struct {
	structs map[string]structMarkers
	enums   map[string][]string
}

// By JSON name.
type structMarkers map[string]fieldMarkers

type fieldMarkers struct {
	optional, required bool
	listType, mapType  string
	listMapKeys        []string
}

type sources map[string]*packageMarkers

func (s sources) of(goType reflect.Type) structMarkers {
	return s.load(goType.PkgPath()).structs[goType.Name()]
}

// Of a field's type, also where it is a pointer, a list or a map.
func (s sources) enumOf(goType reflect.Type) []string {
	for goType.Kind() == reflect.Pointer || goType.Kind() == reflect.Slice || goType.Kind() == reflect.Map {
		goType = goType.Elem()
	}
	if goType.Kind() != reflect.String || !strings.Contains(goType.PkgPath(), "k8s.io/") {
		return nil
	}
	return s.load(goType.PkgPath()).enums[goType.Name()]
}

// As kube-openapi reads them: a marker wins over the JSON tag.
func (m structMarkers) required(name string, omitted bool) bool {
	markers := m[name]
	return markers.required || (!markers.optional && !omitted)
}

func (s sources) load(pkgPath string) *packageMarkers {
	if known, ok := s[pkgPath]; ok {
		return known
	}
	found := &packageMarkers{structs: map[string]structMarkers{}, enums: map[string][]string{}}
	s[pkgPath] = found
	pkg, err := build.Import(pkgPath, ".", build.FindOnly)
	must(err)
	notTest := func(info fs.FileInfo) bool { return !strings.HasSuffix(info.Name(), "_test.go") }
	parsed, err := parser.ParseDir(token.NewFileSet(), pkg.Dir, notTest, parser.ParseComments)
	must(err)
	constants := map[string][]string{}
	for _, p := range parsed {
		for _, file := range p.Files {
			found.readFile(file, constants)
		}
	}
	for name := range found.enums {
		sort.Strings(constants[name])
		if !slices.Contains(constants[name], elsewhere) {
			found.enums[name] = constants[name]
		}
	}
	return found
}

func (p *packageMarkers) readFile(file *ast.File, constants map[string][]string) {
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				p.readType(spec, markerLines(general.Doc, spec.Doc))
			case *ast.ValueSpec:
				readConstant(spec, constants)
			}
		}
	}
}

func (p *packageMarkers) readType(spec *ast.TypeSpec, markers []string) {
	for _, marker := range markers {
		if marker == "+enum" {
			p.enums[spec.Name.Name] = nil
		}
	}
	structType, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	fields := structMarkers{}
	for _, f := range structType.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		must(err)
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		fields[name] = readMarkers(markerLines(f.Doc))
	}
	p.structs[spec.Name.Name] = fields
}

func readMarkers(lines []string) (m fieldMarkers) {
	for _, line := range lines {
		marker, value, _ := strings.Cut(line, "=")
		switch marker {
		case "+optional":
			m.optional = true
		case "+required":
			m.required = true
		case "+listType":
			m.listType = value
		case "+mapType":
			m.mapType = value
		case "+listMapKey":
			m.listMapKeys = append(m.listMapKeys, value)
		}
	}
	return m
}

// Stands for a constant that is made of another package's: its enumeration is not known here.
const elsewhere = "\x00"

func readConstant(spec *ast.ValueSpec, constants map[string][]string) {
	typeName, ok := spec.Type.(*ast.Ident)
	for _, value := range spec.Values {
		if call, isCall := value.(*ast.CallExpr); isCall && len(call.Args) == 1 { // PathType("Exact")
			typeName, ok = call.Fun.(*ast.Ident)
			value = call.Args[0]
		}
		if !ok {
			continue
		}
		if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, err := strconv.Unquote(literal.Value)
			must(err)
			constants[typeName.Name] = append(constants[typeName.Name], text)
		} else {
			constants[typeName.Name] = append(constants[typeName.Name], elsewhere)
		}
	}
}

func markerLines(groups ...*ast.CommentGroup) []string {
	var lines []string
	for _, group := range groups {
		if group == nil {
			continue
		}
		for _, comment := range group.List {
			line := strings.TrimSpace(strings.TrimPrefix(comment.Text, "//"))
			if strings.HasPrefix(line, "+") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
