/* What src/gtm/main/control_file.c adds; put into src/include/gtm by the mend "control-file". */
#ifndef CONTROL_FILE_H
#define CONTROL_FILE_H

extern void SaveControlInfoOrFail(void);
extern bool WriteControlFileUnless(bool (*is_there) (void *), void *argument);
extern void RequireXidsInControlFile(int count);

#endif
