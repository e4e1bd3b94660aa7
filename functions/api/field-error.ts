/**
 * One reason why a field is refused, as apimachinery's `field.Error`: the same types, and a text that reads as kubectl prints it.
 * (Kubernetes API conventions, "Status" causes; reasons as in metav1.CauseType.)
 */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

export interface FieldError {
  type: FieldErrorType;
  /** Path in the object, such as `spec.template.spec.containers[0].name`. */
  field: string;
  /** The whole text after the field, such as `Invalid value: "x": must be …`. */
  message: string;
}
