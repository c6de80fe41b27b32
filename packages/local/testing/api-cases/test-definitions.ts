/** Custom kinds that exercise schemas; GROUP stands for the group of the run. */
export const TEST_DEFINITIONS: readonly string[] = [
  `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.GROUP}
spec:
  group: GROUP
  scope: Namespaced
  names: {plural: widgets, kind: Widget, shortNames: [wd], categories: [things]}
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      selectableFields: [{jsonPath: .spec.color}]
      additionalPrinterColumns:
        - {name: Size, type: integer, jsonPath: .spec.size}
        - {name: Color, type: string, jsonPath: .spec.color}
        - {name: Big, type: boolean, jsonPath: .spec.big}
        - {name: Ratio, type: number, jsonPath: .spec.ratio, priority: 1}
        - {name: Since, type: date, jsonPath: .metadata.creationTimestamp}
        - {name: First, type: string, jsonPath: ".spec.list[0]"}
        - {name: Object, type: string, jsonPath: .spec.any}
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size]
              properties:
                size: {type: integer, minimum: 1, maximum: 10}
                ratio: {type: number}
                big: {type: boolean}
                color: {type: string, enum: [red, blue], default: red}
                name: {type: string, minLength: 2, maxLength: 3, pattern: "^[a-z]+$"}
                list: {type: array, maxItems: 2, items: {type: string}}
                set: {type: array, x-kubernetes-list-type: set, items: {type: string}}
                port: {x-kubernetes-int-or-string: true}
                nothing: {type: string, nullable: true}
                any: {type: object, x-kubernetes-preserve-unknown-fields: true}
                map: {type: object, additionalProperties: {type: integer}}
                nested: {type: object, properties: {depth: {type: integer, default: 3}}}
                choice:
                  type: object
                  properties: {a: {type: string}, b: {type: string}}
                  oneOf: [{required: [a]}, {required: [b]}]
                ports:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items: {type: object, required: [name], properties: {name: {type: string}, value: {type: integer}}}
            status:
              type: object
              properties: {phase: {type: string}, seen: {type: integer}}
`,
  `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gizmos.GROUP}
spec:
  group: GROUP
  scope: Cluster
  names: {plural: gizmos, kind: Gizmo}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
    - name: v1alpha1
      served: true
      storage: false
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`,
];
