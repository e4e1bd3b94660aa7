package main

import (
	"reflect"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	client "k8s.io/client-go/applyconfigurations"
	smd "sigs.k8s.io/structured-merge-diff/v6/schema"
)

// Adds what server-side apply goes by: list types, map keys, atomic structs, defaults. The schema behind it cannot be imported; a converted object shows it.
// For the groups that the API server is extended by it is empty: there the markers of the source speak.
func (t *schemaTable) addMergeFacts(all *runtime.Scheme) {
	pod := &core.Pod{TypeMeta: meta.TypeMeta{APIVersion: "v1", Kind: "Pod"}}
	typed, err := client.NewTypeConverter(all).ObjectToTyped(pod)
	must(err)
	byModel := map[string]*structType{}
	for _, s := range t.structs {
		byModel[s.model] = s
	}
	addSchema(typed.Schema(), byModel)
	for _, s := range byModel {
		addMarkers(s, t.sources.of(s.goType))
	}
}

func addSchema(s *smd.Schema, byModel map[string]*structType) {
	for _, definition := range s.Types {
		known, ok := byModel[definition.Name]
		if !ok || definition.Map == nil {
			continue
		}
		delete(byModel, definition.Name)
		known.atomic = definition.Map.ElementRelationship == smd.Atomic
		for _, f := range definition.Map.Fields {
			if i := slices.IndexFunc(known.fields, func(k field) bool { return k.name == f.Name }); i >= 0 {
				known.fields[i].addMerge(s, f)
			}
		}
	}
}

func (to *field) addMerge(s *smd.Schema, f smd.StructField) {
	x := &to.extra
	atom, ok := s.Resolve(f.Type)
	if !ok {
		fail("unresolved type of " + f.Name)
	}
	if atom.List != nil {
		x.ListType = listType(atom.List)
		if x.ListType == "map" {
			x.ListMapKeys = atom.List.Keys
		}
	}
	if strings.HasPrefix(to.typ, "{}") && atom.Map.ElementRelationship == smd.Atomic {
		x.MapType = "atomic"
	}
	if f.Type.NamedType != nil && f.Type.ElementRelationship != nil {
		x.MapType = mapType(*f.Type.ElementRelationship)
	}
	// The zero of a field that Go always writes says nothing that the Go type does not say.
	saysMore := to.flags&(omitEmpty|omitZero|pointer) != 0 || f.Default != nil && !reflect.ValueOf(f.Default).IsZero()
	if f.Default != nil && saysMore && reflect.TypeOf(f.Default).Kind() != reflect.Map {
		x.Default = f.Default
	}
}

func mapType(relationship smd.ElementRelationship) string {
	if relationship == smd.Separable {
		return "granular" // as the markers and OpenAPI call it
	}
	return string(relationship)
}

// Atomic is what lists are unless they say otherwise.
func listType(list *smd.List) string {
	if list.ElementRelationship != smd.Associative {
		return ""
	}
	if len(list.Keys) == 0 {
		return "set"
	}
	return "map"
}

func addMarkers(s *structType, markers structMarkers) {
	for i := range s.fields {
		f := &s.fields[i]
		found := markers[f.name]
		switch {
		case found.listType == "map" || found.listType == "set":
			f.extra.ListType, f.extra.ListMapKeys = found.listType, found.listMapKeys
		case found.listType == "" && f.extra.PatchMergeKey != "":
			f.extra.ListType, f.extra.ListMapKeys = "map", []string{f.extra.PatchMergeKey}
		}
		if found.mapType == "atomic" {
			f.extra.MapType = found.mapType
		}
	}
}
