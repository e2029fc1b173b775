"""In: a job, one folder of files. Out: files beside it. This code may die in any way."""
