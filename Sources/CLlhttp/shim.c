#include "CLlhttp.h"
