"""Letters of the authority to an applicant: correction notices (补正通知书), rejections and decisions."""
