/** Replaced by the generator's author: the compact form of an AWS service model. */
export interface ServiceModel {
  /** `lambda`, `s3`; the key of the models folder. */
  readonly name: string;
}
