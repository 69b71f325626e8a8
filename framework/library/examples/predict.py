"""Answers one example without any module but ctypes: predict.py LIBRARY RUN 5.1,3.5,1.4,0.2"""
import ctypes, sys

nnrun, run, x = ctypes.CDLL(sys.argv[1]), sys.argv[2].encode(), sys.argv[3].split(",")
nnrun.nnrun_error_text.restype = nnrun.nnrun_last_reason.restype = ctypes.c_char_p
context, model, error = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
cause = nnrun.nnrun_context_new(None, ctypes.byref(context), ctypes.byref(error))
cause = cause or nnrun.nnrun_model_open(context, run, ctypes.byref(model), ctypes.byref(error))
if cause:
    sys.exit(nnrun.nnrun_error_text(error).decode())
info = (ctypes.c_size_t * 3)(24)  # an nnrun_info as far as its number of outputs
nnrun.nnrun_model_info(model, info)
inputs, outputs = (ctypes.c_double * len(x))(*map(float, x)), (ctypes.c_double * info[2])()
if len(x) != info[1] or nnrun.nnrun_predict(model, inputs, outputs):
    sys.exit(nnrun.nnrun_last_reason().decode() or f"{info[1]} numbers are wanted")
print(*outputs)
