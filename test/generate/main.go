// Generate writes what zeroplane knows of Kubernetes' types: facts read by reflection from the public Go modules, no prose.
//
//	go run . FOLDER
//
// reads FOLDER/resources.generated.json (which group versions are served; recorded from a real API server by record-discovery.ts) and writes
// FOLDER/table.generated.json and FOLDER/kinds.generated.ts.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

// The group versions whose kinds every API server speaks without serving resources of them.
var alwaysSpoken = []string{"meta.k8s.io/v1"}

func main() {
	if len(os.Args) != 2 {
		fail("usage: go run . FOLDER")
	}
	folder := os.Args[1]
	groupVersions := append(servedGroupVersions(filepath.Join(folder, "resources.generated.json")), alwaysSpoken...)

	all := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, apiextensions.AddToScheme, apiregistration.AddToScheme, metav1.AddMetaToScheme} {
		must(add(all))
	}
	table := newTable()
	for gvk, goType := range all.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal {
			continue
		}
		groupVersion := gvk.GroupVersion().String()
		if isCommon(goType) {
			// Each group registers DeleteOptions, ListOptions ... again: they are kept once.
			groupVersion = "meta.k8s.io/v1"
		}
		if slices.Contains(groupVersions, groupVersion) {
			table.addKind(groupVersion, gvk.Kind, goType)
		}
	}
	table.addMergeFacts(all)

	write(filepath.Join(folder, "table.generated.json"), table.json())
	write(filepath.Join(folder, "kinds.generated.ts"), table.typescript(groupVersions))
}

func isCommon(goType reflect.Type) bool {
	return goType.PkgPath() == reflect.TypeFor[metav1.ObjectMeta]().PkgPath()
}

func servedGroupVersions(path string) []string {
	raw, err := os.ReadFile(path)
	must(err)
	var resources []struct{ Group, Version string }
	must(json.Unmarshal(raw, &resources))
	var served []string
	for _, resource := range resources {
		groupVersion := resource.Version
		if resource.Group != "" {
			groupVersion = resource.Group + "/" + resource.Version
		}
		if !slices.Contains(served, groupVersion) {
			served = append(served, groupVersion)
		}
	}
	return served
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func write(path string, content []byte) {
	must(os.WriteFile(path, content, 0o644))
	fmt.Printf("%s: %d bytes\n", path, len(content))
}

func must(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, "generate: "+message)
	os.Exit(1)
}
